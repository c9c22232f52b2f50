// The engine of maasctl dev: the process that serves this page decides.

export const where = 'maasctl dev decides, on this machine. Nothing is written.'

/** A link would hold the secret of this address. */
export const shares = false

/** Answers a question: see Bench.Ask. */
export async function ask(method, question) {
  let reply
  try {
    reply = await fetch(`ask/${method}`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(question) })
  } catch {
    throw new Error('maasctl dev does not answer: is it still running?')
  }
  if (!reply.ok) throw new Error(`maasctl dev answers ${reply.status}: ${await reply.text()}`)
  return reply.json()
}

/** Tells of the files beside the editor, at once and when they change. */
export function follow(changed) {
  new EventSource('files').addEventListener('message', (event) => changed(JSON.parse(event.data)))
}
