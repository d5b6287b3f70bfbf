import { badEndpoint } from '../../bad-endpoint.ts'

export default badEndpoint({ manifest: { runtime: { kind: 'remote', endpoint: 'https://localhost/bizq' } } })
