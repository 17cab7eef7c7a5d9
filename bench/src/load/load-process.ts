// The load generator: its own process, so that it shares no event loop with what it measures.
// node load-process.js '<options as JSON>'
import { type LoadOptions, sendLoad } from './send-load.ts'

const options: LoadOptions = JSON.parse(process.argv[2] ?? '{}')
process.stdout.write(JSON.stringify(await sendLoad(options)))
