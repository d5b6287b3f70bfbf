export {
  createRemoteHandler,
  type RemoteHandler,
  type RemoteOptions,
  type RequestSurroundings,
} from './handler.ts'
export {
  createPlatformClient,
  PlatformError,
  type PlatformClient,
  type PlatformClientOptions,
  type PrivateJwk,
} from './platform-client.ts'
export { memoryReplayStore, type ReplayStore } from './signature.ts'
