// Its own process for each size, so that no measurement inherits the heap of another.
// node --expose-gc measure-process.js AUTOMATIONS MIX EVENTS REPEATS
import { measureEngine } from './measure.ts'

const [automations, mix, events, repeats] = process.argv.slice(2)
const gc = globalThis.gc
if (gc === undefined) throw new Error('start with --expose-gc')
const measured = measureEngine({
  automations: Number(automations),
  mix: mix === 'all' ? 'all' : 'indexable',
  events: Number(events),
  repeats: Number(repeats),
  gc: () => gc(),
})
process.stdout.write(JSON.stringify(measured))
