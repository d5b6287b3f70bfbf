export { templateCsv } from './csv/template.ts'
export { Mapping, type MappingInput } from './csv/mapping.ts'
export { targetsOf } from './csv/targets.ts'
export { detectFormat, headBytes, type Detected } from './detect.ts'
export { parseFile } from './parse-file.ts'
export {
  fileFormats,
  UnreadableFileError,
  type FieldValue,
  type FileFormat,
  type ParsedError,
  type ParsedItem,
  type ParsedMeta,
  type ParsedRecord,
  type ParsingBusiness,
  type RecordKey,
  type Reference,
  type SourceKey,
} from './parsed-item.ts'
