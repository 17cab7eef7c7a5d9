import { isJsonObject, type JsonObject } from '@upon/engine'
import { fileSchema } from '@upon/sdk'
import { listAt, memberTable, objectAt } from './json-schema-page.ts'

const HEAD = `# The grammar of automations

Generated from the schemas that validate automations (\`npm run docs\`).

An automation is JSON or YAML. Prefect's automation JSON with an event trigger is a subset: it is valid here and means
the same. Unknown keys are errors with a suggestion. Durations are seconds, ISO 8601 (\`PT1H30M\`), \`HH:MM:SS\` or
\`1h 30m\`.

\`\`\`yaml
# yaml-language-server: $schema=http://127.0.0.1:4400/api/v1/schemas/automation.json
key: retrain-when-data-arrives
trigger:
  expect: [dataset.uploaded]
  match: {prefect.resource.id: "s3://training/*"}
  for_each: [prefect.resource.id]
  threshold: 3
  within: 1h
actions:
  - type: run-deployment
    deployment: training/retrain
    parameters: {files: "{{ event.payload.files }}"}
\`\`\`

## Matching

- \`match\` looks at the labels of the event's own resource, \`match_related\` at those of its related resources. All labels
  must hold; any value of a list will do. For \`match_related\` one single related resource must satisfy all of them.
- A value is a pattern over the whole label: \`*\` is any text, \`?\` one character, \`[abc]\` and \`[!abc]\` a class, a leading
  \`!\` negates. A label the resource does not have never holds, not even negated.
- \`expect\` and \`after\` are event names. Only \`*\` is special there, and stands for at least one character. An empty
  \`expect\` means every event.
- \`for_each\` counts apart for each combination of label values; \`related:<role>:<label>\` reads the first related resource
  in that role. A missing label counts as empty.

## Counting

- Without \`within\`, each matching event counts on its own.
- With \`within\`, the trigger fires at the event that reaches \`threshold\`, then stays silent until the end of that window.
  Windows do not slide: the first one ends \`within\` after its first event, and the next begins where it ended.
- Time is the event's own \`occurred\`. An event exactly at the end belongs to the next window; one from before the window
  is late and does not count.
- With \`after\`, only an event named there opens a window, and \`expect\` events count inside it. After it fired or ended,
  it takes a new \`after\` event.
- \`follows\` holds an event back until the one it follows was counted, for at most 15 minutes.
`

/** `docs/grammar.md`: what may stand in an automation. */
export function grammarPage(): string {
  const schema: JsonObject = JSON.parse(JSON.stringify(fileSchema('automation')))
  const definitions = objectAt(schema, '$defs')
  const automation = objectAt(definitions, 'ApplyDocument')
  const trigger = objectAt(definitions, 'Trigger')
  const others = Object.entries(definitions).filter(
    ([name, definition]) => !['ApplyDocument', 'Trigger', 'Action'].includes(name) && isJsonObject(definition),
  )
  const actions = new Set(listAt(objectAt(definitions, 'Action'), 'oneOf').map((choice) => refName(choice)))
  const isAction = ([name]: readonly [string, unknown]) => actions.has(name)
  return [
    HEAD,
    '## Automation',
    memberTable(automation),
    '## Trigger',
    memberTable(trigger),
    '## Action',
    'What to do, in order. One object for each, told apart by `type`:',
    ...others.filter(isAction).flatMap(section),
    '## Parts',
    ...others
      .filter((entry) => !isAction(entry) && objectAt(asObject(entry[1]), 'properties') !== undefined)
      .flatMap(section),
    '',
  ].join('\n\n')
}

function section([name, definition]: readonly [string, unknown]): readonly string[] {
  const schema = asObject(definition)
  if (Object.keys(objectAt(schema, 'properties')).length === 0) return []
  const type = asObject(objectAt(schema, 'properties').type).const
  const title = typeof type === 'string' ? `\`${type}\`` : name
  return [
    `### ${name}`,
    type === undefined ? String(schema.description ?? '') : `${title}: ${schema.description ?? ''}`,
    memberTable(schema),
  ]
}

const refName = (choice: unknown): string => String(asObject(choice).$ref ?? '').replace(/^.*\//, '')

function asObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}
