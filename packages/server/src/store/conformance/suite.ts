import { describe } from 'vitest'
import { automationConformance } from './automations.ts'
import { decisionConformance } from './decisions.ts'
import { deploymentConformance } from './deployments.ts'
import { eventConformance } from './events.ts'
import { launchConformance } from './launches.ts'
import { logConformance } from './log.ts'
import type { PreparePlace } from './place.ts'
import { raisedConformance } from './raised.ts'
import { readyRunConformance } from './ready-runs.ts'
import { recordConformance } from './records.ts'
import { retentionConformance } from './retention.ts'
import { runConformance } from './runs.ts'
import { transactionConformance } from './transactions.ts'
import { workPoolConformance } from './work-pools.ts'

/** What every store must do, whatever it is made of. */
export function storeConformance(name: string, prepare: PreparePlace): void {
  describe(`${name} store`, () => {
    logConformance(prepare)
    decisionConformance(prepare)
    transactionConformance(prepare)
    raisedConformance(prepare)
    eventConformance(prepare)
    automationConformance(prepare)
    launchConformance(prepare)
    runConformance(prepare)
    readyRunConformance(prepare)
    deploymentConformance(prepare)
    workPoolConformance(prepare)
    recordConformance(prepare)
    retentionConformance(prepare)
  })
}
