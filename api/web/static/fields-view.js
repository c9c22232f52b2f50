// What is known of a model, field by field. A field that this page has no words for is
// shown under its own name, so that new ones need no new page.
import { foreign, h, link, linked } from './dom.js'
import { addressOf } from './list-view.js'
import { count, day, distance, parameters, perMillion } from './text.js'

const chips = (values) => h('ul.chips', {}, values.map((v) => h('li', {}, typeof v === 'object' ? value(v) : foreign(v))))
const code = (v) => h('code', {}, foreign(v))
const when = (v) => [day(v), ' ', h('span.quiet', {}, distance(typeof v === 'number' ? v * 1000 : v, Date.now()))]

/** The fields that have words, in the order in which they are shown; null is for what is shown elsewhere. */
const known = {
  id: ['Id', code], name: ['Name'], description: null, object: null, ready: null, not_ready: null, url: null, locked: null,
  aliases: ['Aliases'], adapters: ['LoRA adapters'], parent: ['Adapts', code],
  type: ['Type'], use_case: ['Use case'], capabilities: ['Capabilities'], supported_features: ['Features'], supported_endpoints: ['Endpoints'],
  input_modalities: ['Takes'], output_modalities: ['Gives'],
  context_length: ['Context', (v) => [count(v), ' tokens']], max_model_len: null, max_output_tokens: ['Longest answer', (v) => [count(v), ' tokens']],
  pricing: ['Price', (v) => prices(v)], lifecycle: ['Lifecycle', (v) => lifecycle(v)],
  parameter_count: ['Parameters', parameters], quantization: ['Quantization'], tokenizer: ['Tokenizer'],
  source: ['Source', (v) => link(v)], revision: ['Revision', code], license: ['Licence'],
  kind: ['Kind'], owned_by: ['Namespace'], replicas: ['Replicas ready', count], created: ['Created', when],
  access: ['Access', (v) => access(v)], reported: ['Its server says', (v) => reported(v)],
}

function prices(v) {
  const of = { prompt: 'Sent', completion: 'Answered' }
  return h('dl.inner', {}, Object.entries(v).filter(([key]) => key !== 'currency')
    .map(([key, price]) => pair(of[key] ?? spoken(key), foreign(perMillion(price, v.currency ?? 'USD')))))
}

function lifecycle(v) {
  const { status, deprecated, retires, replaced_by: next, ...rest } = v
  return h('dl.inner', {}, status && pair('Status', foreign(status)), deprecated && pair('Deprecated', when(deprecated)),
    retires && pair('Retires', when(retires)), next && pair('Use instead', h('a', { href: addressOf(next) }, foreign(next))),
    Object.entries(rest).map(([key, more]) => pair(spoken(key), value(more))))
}

function access(v) {
  const { checked_at: at, latency_ms: took, ...rest } = v
  return h('dl.inner', {}, at && pair('Checked', [foreign(at), ' ', h('span.quiet', {}, distance(at, Date.now()))]), took !== undefined && pair('Answered in', [count(took), ' ms']),
    Object.entries(rest).map(([key, more]) => pair(spoken(key), value(more))))
}

const reported = ({ context_length: context, names }) => h('dl.inner', {}, context && pair('Context', [count(context), ' tokens']), names && pair('Serves', chips(names)))

const spoken = (key) => { const words = key.replaceAll('_', ' '); return words.charAt(0).toUpperCase() + words.slice(1) }
const pair = (title, shown) => h('div', {}, h('dt', {}, foreign(title)), h('dd', {}, shown))

/** Any value of JSON. */
function value(v) {
  if (Array.isArray(v)) return chips(v)
  if (v !== null && typeof v === 'object') return h('dl.inner', {}, Object.entries(v).map(([key, inner]) => pair(key, value(inner))))
  if (typeof v === 'boolean') return v ? 'yes' : 'no'
  return typeof v === 'number' ? count(v) : linked(v)
}

/** A shown value, or the bare one where it is not of the form that the field should have. */
function shown(show, v) {
  try {
    return show ? show(v) : value(v)
  } catch {
    return value(v)
  }
}

/** All fields of a model that are shown in its table. */
export function fields(model) {
  const named = Object.entries(known).filter(([key, words]) => words && model[key] !== undefined).map(([key, [title, show]]) => pair(title, shown(show, model[key])))
  const { details, ...all } = model
  const others = Object.keys(all).filter((key) => !(key in known)).map((key) => pair(spoken(key), value(all[key])))
  const own = details && typeof details === 'object' ? Object.entries(details).map(([key, text]) => pair(key, value(text))) : []
  return h('dl.fields', {}, named, others, own)
}
