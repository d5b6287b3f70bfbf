import type { Check } from '../check.ts'
import { check as manifestEvents } from './manifest.events.ts'
import { check as manifestLinks } from './manifest.links.ts'
import { check as manifestPricing } from './manifest.pricing.ts'
import { check as manifestPurposes } from './manifest.purposes.ts'
import { check as manifestSameBuild } from './manifest.same-build.ts'
import { check as manifestSchema } from './manifest.schema.ts'
import { check as manifestSemver } from './manifest.semver.ts'
import { check as manifestSettingsDefaults } from './manifest.settings-defaults.ts'
import { check as manifestSettingsDescribed } from './manifest.settings-described.ts'
import { check as manifestVocabulary } from './manifest.vocabulary.ts'
import { check as contractActionsDeclared } from './contract.actions-declared.ts'
import { check as contractCanonical } from './contract.canonical.ts'
import { check as contractEvidence } from './contract.evidence.ts'
import { check as contractIdempotent } from './contract.idempotent.ts'
import { check as contractImpactCurrency } from './contract.impact-currency.ts'
import { check as contractOneForEachTarget } from './contract.one-for-each-target.ts'
import { check as contractOutputSchema } from './contract.output-schema.ts'
import { check as contractReferences } from './contract.references.ts'
import { check as contractReport } from './contract.report.ts'
import { check as contractState } from './contract.state.ts'
import { check as contractStateBounded } from './contract.state-bounded.ts'
import { check as behaviourClockChange } from './behaviour.clock-change.ts'
import { check as behaviourCurrencies } from './behaviour.currencies.ts'
import { check as behaviourEmpty } from './behaviour.empty.ts'
import { check as behaviourHugeAmounts } from './behaviour.huge-amounts.ts'
import { check as behaviourLeapDay } from './behaviour.leap-day.ts'
import { check as behaviourManyRows } from './behaviour.many-rows.ts'
import { check as behaviourMissingDatasets } from './behaviour.missing-datasets.ts'
import { check as behaviourNegatives } from './behaviour.negatives.ts'
import { check as behaviourNulls } from './behaviour.nulls.ts'
import { check as behaviourOddText } from './behaviour.odd-text.ts'
import { check as behaviourOneRow } from './behaviour.one-row.ts'
import { check as behaviourOrdinary } from './behaviour.ordinary.ts'
import { check as behaviourOtherMoment } from './behaviour.other-moment.ts'
import { check as behaviourSaysSomething } from './behaviour.says-something.ts'
import { check as behaviourSettingsRange } from './behaviour.settings-range.ts'
import { check as behaviourSettingsUsed } from './behaviour.settings-used.ts'
import { check as behaviourZeros } from './behaviour.zeros.ts'
import { check as determinismDice } from './determinism.dice.ts'
import { check as determinismLocale } from './determinism.locale.ts'
import { check as determinismSameBytes } from './determinism.same-bytes.ts'
import { check as leastDataActions } from './least-data.actions.ts'
import { check as leastDataDatasets } from './least-data.datasets.ts'
import { check as leastDataExactMoney } from './least-data.exact-money.ts'
import { check as leastDataFields } from './least-data.fields.ts'
import { check as leastDataHistory } from './least-data.history.ts'
import { check as privacyPlantedInErrors } from './privacy.planted-in-errors.ts'
import { check as privacyPlantedInLog } from './privacy.planted-in-log.ts'
import { check as privacyPlantedInOutput } from './privacy.planted-in-output.ts'
import { check as privacyPseudonymsInWords } from './privacy.pseudonyms-in-words.ts'
import { check as privacyUnlinkable } from './privacy.unlinkable.ts'
import { check as metamorphicPermute } from './metamorphic.permute.ts'
import { check as metamorphicRekey } from './metamorphic.rekey.ts'
import { check as metamorphicScaleMoney } from './metamorphic.scale-money.ts'
import { check as metamorphicShiftYears } from './metamorphic.shift-years.ts'
import { check as safetyExpiry } from './safety.expiry.ts'
import { check as safetyPreconditions } from './safety.preconditions.ts'
import { check as safetyTemplates } from './safety.templates.ts'
import { check as limitsBundle } from './limits.bundle.ts'
import { check as limitsLog } from './limits.log.ts'
import { check as limitsMemory } from './limits.memory.ts'
import { check as limitsOutput } from './limits.output.ts'
import { check as limitsTime } from './limits.time.ts'
import { check as latencyStandard } from './latency.standard.ts'
import { check as securityEncoded } from './security.encoded.ts'
import { check as securityEval } from './security.eval.ts'
import { check as securityHostReach } from './security.host-reach.ts'
import { check as securityImports } from './security.imports.ts'
import { check as securityPrototypes } from './security.prototypes.ts'
import { check as personalDataAsked } from './personal-data.asked.ts'
import { check as personalDataWithheld } from './personal-data.withheld.ts'
import { check as moneyImpactStated } from './money.impact-stated.ts'
import { check as moneyTargetShown } from './money.target-shown.ts'
import { check as moneyWithinMax } from './money.within-max.ts'
import { check as remoteBadRequest } from './remote.bad-request.ts'
import { check as remoteHealth } from './remote.health.ts'
import { check as remoteHttps } from './remote.https.ts'
import { check as remoteLater } from './remote.later.ts'
import { check as remoteReplay } from './remote.replay.ts'
import { check as remoteSignatureMissing } from './remote.signature-missing.ts'
import { check as remoteSignatureOld } from './remote.signature-old.ts'
import { check as remoteSignatureWrong } from './remote.signature-wrong.ts'
import { check as remoteSlow } from './remote.slow.ts'
import { check as remoteTokenKept } from './remote.token-kept.ts'
import { check as remoteTokenRenewed } from './remote.token-renewed.ts'
import { check as remoteUnknownMembers } from './remote.unknown-members.ts'
import { check as documentationChangelog } from './documentation.changelog.ts'
import { check as documentationPlain } from './documentation.plain.ts'
import { check as documentationReadme } from './documentation.readme.ts'
import { check as documentationScreenshot } from './documentation.screenshot.ts'
import { check as documentationSupport } from './documentation.support.ts'

/** Every check of the suite, in the order of the report. A test holds this list equal to the files of this folder. */
export const allChecks: readonly Check[] = [
  manifestEvents,
  manifestLinks,
  manifestPricing,
  manifestPurposes,
  manifestSameBuild,
  manifestSchema,
  manifestSemver,
  manifestSettingsDefaults,
  manifestSettingsDescribed,
  manifestVocabulary,
  contractActionsDeclared,
  contractCanonical,
  contractEvidence,
  contractIdempotent,
  contractImpactCurrency,
  contractOneForEachTarget,
  contractOutputSchema,
  contractReferences,
  contractReport,
  contractState,
  contractStateBounded,
  behaviourClockChange,
  behaviourCurrencies,
  behaviourEmpty,
  behaviourHugeAmounts,
  behaviourLeapDay,
  behaviourManyRows,
  behaviourMissingDatasets,
  behaviourNegatives,
  behaviourNulls,
  behaviourOddText,
  behaviourOneRow,
  behaviourOrdinary,
  behaviourOtherMoment,
  behaviourSaysSomething,
  behaviourSettingsRange,
  behaviourSettingsUsed,
  behaviourZeros,
  determinismDice,
  determinismLocale,
  determinismSameBytes,
  leastDataActions,
  leastDataDatasets,
  leastDataExactMoney,
  leastDataFields,
  leastDataHistory,
  privacyPlantedInErrors,
  privacyPlantedInLog,
  privacyPlantedInOutput,
  privacyPseudonymsInWords,
  privacyUnlinkable,
  metamorphicPermute,
  metamorphicRekey,
  metamorphicScaleMoney,
  metamorphicShiftYears,
  safetyExpiry,
  safetyPreconditions,
  safetyTemplates,
  limitsBundle,
  limitsLog,
  limitsMemory,
  limitsOutput,
  limitsTime,
  latencyStandard,
  securityEncoded,
  securityEval,
  securityHostReach,
  securityImports,
  securityPrototypes,
  personalDataAsked,
  personalDataWithheld,
  moneyImpactStated,
  moneyTargetShown,
  moneyWithinMax,
  remoteBadRequest,
  remoteHealth,
  remoteHttps,
  remoteLater,
  remoteReplay,
  remoteSignatureMissing,
  remoteSignatureOld,
  remoteSignatureWrong,
  remoteSlow,
  remoteTokenKept,
  remoteTokenRenewed,
  remoteUnknownMembers,
  documentationChangelog,
  documentationPlain,
  documentationReadme,
  documentationScreenshot,
  documentationSupport,
]
