export {
  createTestPlatform,
  type Target,
  type TestAnswer,
  type TestExecution,
  type TestPlatform,
} from './test-platform.ts'
