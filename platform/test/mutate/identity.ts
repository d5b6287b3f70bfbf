import type { Mutation } from './mutation.ts'

const features = 'platform/src/features'
const identity = `${features}/identity`
const identityTests = [`${identity}/identity.test.ts`]
const actionTests = [`${features}/actions/actions.test.ts`]

/** What tells who is asking, and keeps them to what they may. */
export const identityMutations: readonly Mutation[] = [
  {
    name: 'a cookie works from any site',
    file: 'platform/src/http/authenticate.ts',
    find: "if (isForeignSite || isForeignOrigin) throw new ProblemError('cross-site')",
    replace: '',
    tests: [`${features}/identity/identity.test.ts`],
    only: 'only from our own pages',
  },
  {
    name: 'a token may do what it was not given',
    file: 'platform/src/http/authorise.ts',
    find: "if (!actor.scopes.includes('*') && !actor.scopes.includes(scope)) {",
    replace: "if (!actor.scopes.includes('*') && scope === '') {",
    tests: [`${features}/identity/identity.test.ts`, ...actionTests],
    only: 'token',
  },
  {
    name: 'tokens are kept as they are',
    file: `${identity}/tokens.ts`,
    find: 'hint: secret.slice(0, 10),\n    secretHash: hash(secret),',
    replace: 'hint: secret.slice(0, 10),\n    secretHash: secret,',
    tests: identityTests,
    only: 'nowhere kept as they are',
  },
  {
    name: 'secrets of invitations are kept as they are',
    file: `${identity}/members.ts`,
    find: 'email,\n    role,\n    secretHash: hash(secret),',
    replace: 'email,\n    role,\n    secretHash: secret,',
    tests: identityTests,
    only: 'nowhere kept as they are',
  },
  {
    name: 'secrets of webhooks are kept as they are',
    file: `${features}/webhooks/service.ts`,
    find: "const sealed = deps.keyring.seal('webhook-secret', Buffer.from(secret))",
    replace: "const sealed = Buffer.from(deps.keyring ? secret : '')",
    tests: identityTests,
    only: 'nowhere kept as they are',
  },
  {
    name: 'passwords are kept as they are',
    file: `${identity}/better-auth.ts`,
    find: 'emailAndPassword: { enabled: true,',
    replace:
      'emailAndPassword: { enabled: true, password: { hash: async (given) => given, verify: async ({ hash, password }) => hash === password },',
    tests: identityTests,
    only: 'nowhere kept as they are',
  },
  {
    name: 'any password will do',
    file: `${identity}/better-auth.ts`,
    find: 'emailAndPassword: { enabled: true,',
    replace:
      'emailAndPassword: { enabled: true, password: { hash: async () => "kept", verify: async () => true },',
    tests: identityTests,
    only: 'a wrong one is refused',
  },
  {
    name: 'a session goes on after signing out',
    file: `${identity}/better-auth.ts`,
    find: 'session: { expiresIn: week, updateAge: 86_400 },',
    replace:
      'session: { expiresIn: week, updateAge: 86_400, cookieCache: { enabled: true, maxAge: 3_600 } },',
    tests: identityTests,
    only: 'signing out ends the session',
  },
  {
    name: 'a revoked token goes on working',
    file: 'platform/migrations/0075_platform-organisation.ts',
    find: 'where t.revoked_at is null and (t.expires_at',
    replace: 'where (t.expires_at',
    tests: identityTests,
    only: 'ends when it is revoked',
  },
  {
    name: 'a token whose time is over goes on working',
    file: 'platform/migrations/0075_platform-organisation.ts',
    find: 'and (t.expires_at is null or t.expires_at > now())',
    replace: '',
    tests: identityTests,
    only: 'once its time is over',
  },
  {
    name: 'a token of somebody who was removed goes on working',
    file: 'platform/migrations/0075_platform-organisation.ts',
    find: `      join bizq.members m on m.organisation_id = t.organisation_id and m.user_id = t.user_id
    where`,
    replace: `      left join bizq.members m on m.organisation_id = t.organisation_id and m.user_id = t.user_id
    where`,
    tests: identityTests,
    only: 'nothing once its maker was removed',
  },
  {
    name: 'a token makes tokens',
    file: `${identity}/tokens.ts`,
    find: "if (actor.kind === 'token' || !actor.user)",
    replace: 'if (!actor.user)',
    tests: identityTests,
    only: 'makes no other',
  },
  {
    name: 'a token gets a higher role than its maker',
    file: `${identity}/tokens.ts`,
    find: 'if (!mayGive[actor.role].includes(body.role)) {',
    replace: 'if (mayGive[actor.role].length === 0) {',
    tests: identityTests,
    only: 'a higher role than its maker',
  },
  {
    name: 'any organisation has certifiers',
    file: `${identity}/roles.ts`,
    find: "if (role === 'certifier' && unit.actor.organisationKind !== 'platform')",
    replace: "if (role === 'certifier' && unit.actor.organisationKind === 'provider')",
    tests: identityTests,
    only: 'alone has certifiers',
  },
  {
    name: 'a token works while everything is stopped',
    file: 'platform/src/http/authenticate.ts',
    find: 'if (actor.isStopped)',
    replace: "if (actor.isStopped && actor.role === 'viewer')",
    tests: identityTests,
    only: 'while everything is stopped',
  },
  {
    name: 'an invitation is for whoever finds it',
    file: `${identity}/members.ts`,
    find: 'if (!found || found.email.toLowerCase() !== user.email.toLowerCase()) throw noInvitation()',
    replace: 'if (!found) throw noInvitation()',
    tests: identityTests,
    only: 'one address and one use',
  },
  {
    name: 'an invitation is used again and again',
    file: `${identity}/member-store.ts`,
    find: ".where('id', '=', id)\n    .where('accepted_at', 'is', null)",
    replace: ".where('id', '=', id)",
    tests: identityTests,
    only: 'one address and one use',
  },
  {
    name: 'a person acts for whatever organisation they name',
    file: `${identity}/service.ts`,
    find: '? memberships.find((each) => each.organisation_id === organisation)',
    replace: '? memberships[0] && { ...memberships[0], organisation_id: organisation }',
    tests: identityTests,
    only: 'by naming it',
  },
  {
    name: 'a viewer stops everything',
    file: `${identity}/service.ts`,
    find: `requireRole(unit.actor, 'manager')
  const { stopped_by_platform: reason }`,
    replace: 'const { stopped_by_platform: reason }',
    tests: identityTests,
    only: 'a viewer can do neither',
  },
  {
    name: 'the last owner leaves',
    file: `${identity}/members.ts`,
    find: "return { member, isLastOwner: member.role === 'owner' && owners.length === 1 }",
    replace: 'return { member, isLastOwner: owners.length === 0 }',
    tests: identityTests,
    only: 'keeps an owner',
  },
]
