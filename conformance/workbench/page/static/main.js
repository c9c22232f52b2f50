// The page: what is typed, and what follows of it.
import { showDecision, showFaults, summary } from './decision-view.js'
import { foreign, h } from './dom.js'
import { editor, halves } from './editor.js'
import * as engine from './engine.js'
import { pack, unpack } from './share.js'

const $ = (id) => document.getElementById(id)

const texts = { kind: editor($('kind'), typed), objects: editor($('objects'), typed) }
const fields = ['parameters', 'previous', 'override']

/** The files that the texts came from: {kind, cases}, and what of them was shown. */
let origin = { kind: '', cases: '' }
let shown = {} // the question as it was shown last, before anybody typed
let decided = null // the last decision

/** Counts what was chosen and typed: what comes late for an earlier choice is not shown over it. */
let newest = 0

function typed() {
  newest++
  changed()
}

const question = () => ({ kind: texts.kind.text, objects: texts.objects.text, ...Object.fromEntries(fields.map((id) => [id, $(id).value])) })

/** Shows some texts, and decides about them. */
function show(values) {
  for (const name of ['kind', 'objects']) if (values[name] !== undefined) texts[name].text = values[name]
  for (const id of fields) if (values[id] !== undefined) $(id).value = values[id] || (id === 'previous' ? 'Pending' : '')
  if ($('parameters').value || $('override').value) $('more').open = true
  shown = question()
  changed()
}

// --- deciding: one question at a time, and then that of what was typed meanwhile

let busy = false
let again = false

async function changed() {
  if (busy) {
    again = true
    return
  }
  busy = true
  $('result').setAttribute('aria-busy', 'true')
  do {
    again = false
    await decide()
  } while (again)
  busy = false
  $('result').removeAttribute('aria-busy')
  holdCases()
}

async function decide() {
  const asked = question()
  const broken = [...halves(asked.kind, 'kind'), ...halves(asked.objects, 'objects'), ...halves(asked.parameters, 'parameters')]
  if (broken.length) return tell({ faults: broken, notes: [], decision: null })
  const start = performance.now()
  try {
    const answer = await engine.ask('decide', asked)
    if (again) return
    tell(answer)
    performance.measure('decide', { start, end: performance.now() })
  } catch (error) {
    tell({ faults: [], notes: [error.message], decision: null })
  }
}

function tell(answer) {
  const lines = (name) => answer.faults.filter((fault) => fault.in === name && fault.line > 0)
  for (const name of ['kind', 'objects']) texts[name].mark(lines(name))
  showFaults($('faults'), answer, goTo)
  const text = summary(answer, 'Write a kind-spec and an object, or choose a kind and a case.')
  if ($('summary').textContent !== text) $('summary').textContent = text
  if (answer.decision) decided = answer.decision
  if (decided) showDecision($('decision'), decided, !answer.decision, goTo)
}

const goTo = (name, line) => texts[name].goTo(line)

// --- kinds and cases

const option = (value, words = value) => h('option', { value }, words)

async function openKind(name) {
  const choice = ++newest
  try {
    const written = await engine.ask('open', { name })
    if (choice === newest) await take(written)
  } catch (error) {
    notice(error.message)
  }
}

/** A kind to begin with: one that hands on to no other, which would have all of them compiled. */
function openDefault() {
  $('library').value = 'llmisvc'
  return openKind('llmisvc')
}

/** Takes a kind with its cases, and shows one in which the model is ready, if there is. */
async function take(written) {
  const choice = ++newest
  origin = written
  const { cases } = await listCases(written)
  if (choice !== newest) return
  show({ kind: written.kind, objects: '', parameters: '', previous: '', override: '' })
  const one = cases.find(({ expect }) => expect.includes('phase: Ready')) ?? cases[0]
  if (one) await openCase(one.name)
}

async function listCases(written) {
  const list = await engine.ask('cases', written)
  const chosen = $('case').value
  const held = list.cases.filter((one) => one.held).length
  $('case').replaceChildren(option('', list.cases.length ? `${held} of ${list.cases.length} hold` : 'none'),
    ...list.cases.map((one) => option(one.name, `${one.held ? '✓' : '✗'} ${one.name}`)))
  $('case').value = list.cases.some((one) => one.name === chosen) ? chosen : ''
  about = new Map(list.cases.map((one) => [one.name, one]))
  const wrong = list.faults.map((fault) => `cases.yaml${fault.line ? `, line ${fault.line}` : ''}: ${fault.field} ${fault.message}`)
  $('case-faults').replaceChildren(...wrong.map((text) => h('p.notice.warning', {}, foreign(text))))
  showCase()
  return list
}

let about = new Map()

function showCase() {
  const one = about.get($('case').value)
  $('about-case').replaceChildren(...(one ? [foreign(one.description), ' Expects ', h('span.expect', {}, foreign(one.expect)), one.held ? ' – it holds.' : ' – it does not hold.'] : []))
}

async function openCase(name) {
  const choice = ++newest
  $('case').value = name
  showCase()
  if (!name) return
  try {
    const asked = await engine.ask('case', { ...origin, name })
    if (choice === newest) show({ objects: asked.objects, parameters: asked.parameters, previous: asked.previous, override: asked.override })
  } catch (error) {
    notice(error.message)
  }
}

/** Says, when nobody has typed for a moment, which cases hold with the kind-spec as it is typed now. */
let holding = 0
function holdCases() {
  clearTimeout(holding)
  if (!origin.cases || busy) return
  holding = setTimeout(() => { if (!busy) listCases({ kind: texts.kind.text, cases: origin.cases }).catch((error) => notice(error.message)) }, 800)
}

$('library').addEventListener('change', () => $('library').value && openKind($('library').value))
$('case').addEventListener('change', () => openCase($('case').value))
for (const id of fields) $(id).addEventListener('input', typed)
$('choose').addEventListener('submit', (event) => event.preventDefault())
$('skip').addEventListener('click', () => $('result').focus())

function notice(text, ...more) {
  $('notices').replaceChildren(...(text ? [h('p.notice.warning', { role: 'status' }, foreign(text), ' ', more)] : []))
}

// --- files beside the editor

let first = true

/** A file has changed: where nobody has typed here it is shown at once, and else offered. */
async function filesChanged(files) {
  const written = { kind: files.kind, cases: files.cases }
  if (!files.name) return first && !location.hash ? openDefault() : undefined
  $('kind-label').textContent = `Kind-spec ${files.name}`
  if (first) {
    first = false
    if (!location.hash) await take(written)
  } else if (texts.kind.text === shown.kind) {
    await refresh(written)
  } else {
    notice(`${files.name} has changed, and so has the text here.`, h('button', { type: 'button', onclick: () => { notice(''); refresh(written) } }, 'Take the file'))
    return
  }
  notice(files.fault)
}

async function refresh(written) {
  const name = $('case').value
  const untouched = texts.objects.text === shown.objects
  const choice = ++newest
  origin = written
  show({ kind: written.kind })
  await listCases(written)
  if (name && untouched && choice === newest && about.has(name)) await openCase(name)
}

// --- links

$('share').hidden = !engine.shares
$('share').addEventListener('click', async () => {
  try {
    const fragment = await pack(question())
    history.replaceState(null, '', fragment)
    say('The link is in the address.')
    await navigator.clipboard.writeText(location.href)
    say('The link is copied.')
  } catch (error) {
    if (error.name !== 'NotAllowedError') say(error.message)
  }
})

async function openLink() {
  const choice = ++newest
  try {
    const linked = await unpack(location.hash)
    if (!linked) return false
    origin = { kind: linked.kind, cases: '' }
    await listCases(origin)
    if (choice !== newest) return true
    $('library').value = ''
    show(linked)
    return true
  } catch (error) {
    notice(error.message)
    return false
  }
}
addEventListener('hashchange', openLink)

function say(text) {
  $('said').textContent = text
}

// --- the beginning

async function begin() {
  $('where').textContent = engine.where
  const linked = await openLink()
  try {
    const library = await engine.ask('library', {})
    $('library').append(...library.map((name) => option(name)))
    if (engine.follow) engine.follow((files) => filesChanged(files).catch((error) => notice(error.message)))
    else if (!linked) await openDefault()
  } catch (error) {
    $('summary').textContent = error.message
  }
}

begin()
