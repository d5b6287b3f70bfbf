export {
  createTestPlatform,
  type Target,
  type TestAnswer,
  type TestExecution,
  type TestPlatform,
  type TestPlatformOptions,
} from './test-platform.ts'
