// What was decided, and why: never markup from text.
import { differs, foreign, h, rewrite } from './dom.js'
import { spelled } from './text.js'

const names = { kind: 'kind-spec', objects: 'objects', parameters: 'parameters', model: 'model', cases: 'cases.yaml' }

/** Faults and notes, each with a button that leads to its line. */
export function showFaults(container, { faults, notes }, goTo) {
  if (!differs(container, [faults, notes])) return
  const items = faults.map((fault) => h(fault.warning ? 'li.warning' : 'li', {},
    h('strong', {}, fault.warning ? 'Warning ' : 'Fault '),
    toLine(fault.in, fault.line, `${names[fault.in]}${fault.line ? `, line ${fault.line}` : ''}`, goTo), ' ',
    fault.field && h('span.field', {}, foreign(fault.field), ': '), foreign(fault.message)))
  for (const note of notes) items.push(h('li.note', {}, 'Note ', foreign(note)))
  rewrite(container, items.length ? [h('ul.faults', { 'aria-label': 'Faults and notes' }, items)] : [])
}

const editable = new Set(['kind', 'objects'])

const toLine = (text, line, words, goTo) => (line > 0 && editable.has(text)
  ? h('button.to-line', { type: 'button', onclick: () => goTo(text, line) }, words) : h('span', {}, words))

/** One line for the status: what a screen reader is told while somebody types. */
export function summary({ faults, decision }, empty) {
  const wrong = faults.filter((fault) => !fault.warning).length
  const advice = faults.length - wrong
  const counted = [wrong && `${wrong} ${wrong === 1 ? 'fault' : 'faults'}`, advice && `${advice} ${advice === 1 ? 'warning' : 'warnings'}`].filter(Boolean).join(', ')
  if (decision) return `${decision.phase}${decision.endpoint ? ` at ${spelled(decision.endpoint)}` : ', no endpoint'}${counted && ` · ${counted}`}`
  return counted || empty
}

/** The decision. A stale one is that of the last texts without faults. */
export function showDecision(container, decision, stale, goTo) {
  if (!differs(container, [decision, stale])) return
  container.classList.toggle('stale', stale)
  const part = (words, named) => named && h('p', {}, words, ' ', toLine('kind', named.line, h('span', {}, foreign(named.name), named.line > 0 && ` (line ${named.line})`), goTo))
  rewrite(container, [
    ...(stale ? [h('p.notice.warning', {}, 'This is of the last texts that could be decided about.')] : []),
    h('p.verdict', {}, h(`span.badge.${decision.phase}`, {}, decision.phase), h('span', {}, `${decision.reason}: `, foreign(decision.message))),
    h('dl.fields', {},
      row('Endpoint', decision.endpoint ? foreign(decision.endpoint, 'code') : 'none'),
      row('Decided by', part('rule', decision.rule) ?? 'no rule', part('candidate', decision.candidate)),
      decision.asked && row('Probe', foreign(decision.asked)),
      decision.dwell && row('First', `stays Ready, with reason BackendFlapping, for up to ${decision.dwell}`),
      row('Event', decision.event)),
    h('h3', {}, 'What is known of the model'), modelOf(decision.model),
    h('h3', {}, 'Conditions'),
    h('dl.fields', {}, (decision.conditions ?? []).map((c) => row(c.type, `${c.status}, ${c.reason}: `, foreign(c.message)))),
    h('h3', {}, 'Every rule that was tried'), traceOf(decision.trace, goTo),
  ])
}

const row = (name, ...what) => h('div', {}, h('dt', {}, foreign(name)), h('dd', {}, what))

function modelOf(model) {
  const fields = Object.entries(model ?? {})
  if (!fields.length) return h('p.quiet', {}, 'Nothing: the kind-spec has no model, or none of its sources has a value.')
  return h('dl.fields', {}, fields.map(([name, value]) => row(name, foreign(typeof value === 'string' ? value : JSON.stringify(value), 'code'))))
}

const maxSteps = 400 // rows; a kind that looks at every entry of a long list has thousands

function traceOf(steps, goTo) {
  const rows = []
  let stage
  for (const step of steps.slice(0, maxSteps)) {
    if (step.stage !== stage) rows.push(h('tr', {}, h('th.stage', { colspan: 3, scope: 'colgroup' }, step.stage)))
    stage = step.stage
    rows.push(h('tr', {},
      h('th', { scope: 'row' }, h(step.matched ? 'span.tick' : 'span.cross', { role: 'img', 'aria-label': step.matched ? 'holds' : 'does not hold' }, step.matched ? '✓' : '✗'), ' ',
        toLine('kind', step.line, h('span', {}, foreign(step.rule)), goTo)),
      h('td', { 'data-title': 'Looked for' }, foreign(`${step.path} ${step.want}`.trim() || '–')),
      h('td', { 'data-title': 'Found' }, step.found && foreign(step.found, 'code'), step.found && step.note && ': ', foreign(step.note || (step.found ? '' : 'nothing')))))
  }
  const left = steps.length - maxSteps
  return h('div', {}, h('table.trace', { 'aria-label': 'Trace' },
    h('thead', {}, h('tr', {}, ['Tried', 'Looked for', 'Found'].map((title) => h('th', { scope: 'col' }, title)))), h('tbody', {}, rows)),
  left > 0 && h('p.quiet', {}, `${left} more steps are not shown; maasctl explain shows all of them.`))
}
