// Examples to copy. None holds the token: all read it from the environment.
import { baseURL, nameToSend, route, use } from './endpoint.js'
import { quoted } from './text.js'

const question = 'Say hello in one sentence.'

/** The body of one request, and what else there is to know of it. */
function bodyOf(model) {
  const name = nameToSend(model)
  switch (use(model)) {
    case 'chat': return { model: name, messages: [{ role: 'user', content: question }] }
    case 'completion': return { model: name, prompt: question, max_tokens: 64 }
    case 'embedding': return { model: name, input: question }
    case 'rerank': return { model: name, query: 'Which one is a fruit?', documents: ['an apple', 'a bicycle'] }
    case 'speech': return { model: name, input: question, voice: 'alloy' }
    case 'image': return { model: name, prompt: 'A lighthouse at dawn' }
    default: return undefined
  }
}

// As one word of a shell: in the form of bash and zsh, whose \u is that of JSON, where
// something cannot be seen.
const hidden = /[^\P{C}\n]|[\u2028\u2029]/u
const inShell = (text) => (hidden.test(text)
  ? `$'${quoted(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
  : `'${text.replaceAll("'", `'\\''`)}'`)

// JSON on several lines, with everything unseen escaped.
function pretty(value, indent) {
  const inner = `${indent}  `
  if (Array.isArray(value)) return value.every((v) => typeof v !== 'object') ? `[${value.map((v) => quoted(v)).join(', ')}]` : `[\n${value.map((v) => inner + pretty(v, inner)).join(',\n')}\n${indent}]`
  if (value !== null && typeof value === 'object') return `{\n${Object.entries(value).map(([k, v]) => `${inner}${quoted(k)}: ${pretty(v, inner)}`).join(',\n')}\n${indent}}`
  return quoted(value)
}

function curl(model) {
  const url = inShell(baseURL(model) + route(use(model)))
  const key = `  -H "Authorization: Bearer $OPENAI_API_KEY"`
  if (use(model) === 'transcription') return `curl ${url} \\\n${key} \\\n  -F model=${inShell(nameToSend(model))} -F file=@speech.wav\n`
  const body = bodyOf(model)
  if (!body) return `curl ${url} \\\n${key}\n`
  const output = use(model) === 'speech' ? ' \\\n  --output speech.mp3' : ''
  return `curl ${url} \\\n${key} \\\n  -H 'Content-Type: application/json' \\\n  -d ${inShell(pretty(body, '  '))}${output}\n`
}

const calls = {
  chat: { python: 'chat.completions.create', node: 'chat.completions.create', shows: 'choices[0].message.content' },
  completion: { python: 'completions.create', node: 'completions.create', shows: 'choices[0].text' },
  embedding: { python: 'embeddings.create', node: 'embeddings.create', shows: 'data[0].embedding' },
  image: { python: 'images.generate', node: 'images.generate', shows: 'data[0].url' },
}

function python(model) {
  const call = calls[use(model)]
  const client = `import os\nfrom openai import OpenAI\n\nclient = OpenAI(base_url=${quoted(baseURL(model))}, api_key=os.environ["OPENAI_API_KEY"])\n`
  if (!call) return `${client}print(client.models.list())\n`
  const given = Object.entries(bodyOf(model)).map(([k, v]) => `    ${k}=${pretty(v, '    ')},\n`).join('')
  return `${client}reply = client.${call.python}(\n${given})\nprint(reply.${call.shows})\n`
}

function node(model) {
  const call = calls[use(model)]
  const client = `import OpenAI from 'openai'\n\nconst client = new OpenAI({ baseURL: ${quoted(baseURL(model))}, apiKey: process.env.OPENAI_API_KEY })\n`
  if (!call) return `${client}console.log(await client.models.list())\n`
  return `${client}const reply = await client.${call.node}(${pretty(bodyOf(model), '')})\nconsole.log(reply.${call.shows})\n`
}

// Programs that are told of a model in a file. Sources of the forms: LiteLLM, proxy/configs
// ("model_list"); OpenCode, opencode.json ("provider" with @ai-sdk/openai-compatible);
// LibreChat, librechat.yaml ("endpoints.custom").
const litellm = (model) => `model_list:\n  - model_name: ${quoted(model.id)}\n    litellm_params:\n      model: ${quoted(`openai/${nameToSend(model)}`)}\n      api_base: ${quoted(baseURL(model))}\n      api_key: os.environ/OPENAI_API_KEY\n`

// OpenCode replaces {env:NAME} and {file:PATH} in the text of its configuration by what
// they name, before it reads the JSON: none but the key may be one, or a model could be
// called by its reader's secrets. The key's is the first: an address has no braces.
const opencode = (model) => unnamed(`${pretty({
  $schema: 'https://opencode.ai/config.json',
  provider: { maas: {
    npm: '@ai-sdk/openai-compatible', name: 'MaaS',
    options: { baseURL: baseURL(model), apiKey: '{env:OPENAI_API_KEY}' },
    models: { [nameToSend(model)]: { name: model.name ?? model.id } },
  } },
}, '')}\n`)

const unnamed = (text) => text.replace(/\{(?=(?:env|file):)/g, '\\u007b').replace('\\u007benv:OPENAI_API_KEY}', '{env:OPENAI_API_KEY}')

const librechat = (model) => `endpoints:\n  custom:\n    - name: ${quoted(model.name ?? model.id)}\n      apiKey: "\${OPENAI_API_KEY}"\n      baseURL: ${quoted(baseURL(model))}\n      models:\n        default: [${quoted(nameToSend(model))}]\n        fetch: false\n`

const environment = (model) => `export OPENAI_BASE_URL=${inShell(baseURL(model))}\nexport OPENAI_API_KEY=…   # your token\nexport OPENAI_MODEL=${inShell(nameToSend(model))}\n`

/** All examples for a model, in the order in which they are offered: {title, text}. */
export function snippets(model) {
  const made = [['curl', curl], ['Python', python], ['Node', node], ['Environment', environment]]
  if (use(model) === 'chat') made.push(['LiteLLM', litellm], ['OpenCode', opencode], ['LibreChat', librechat])
  return made.map(([title, make]) => ({ title, text: make(model) }))
}

/** The request of "try it" for a chat model: where it goes, and its body. */
export const tryRequest = (model, content) => ({
  url: baseURL(model) + route('chat'),
  body: { model: nameToSend(model), messages: [{ role: 'user', content }], max_tokens: 256 },
})
