// The openai npm package against the listing API; TestRealClients of package
// api starts the API and runs this.
import assert from 'node:assert/strict'
import test from 'node:test'
import OpenAI from 'openai'

const { MAAS_URL, MAAS_DOWN_URL } = process.env
const skip = MAAS_URL && MAAS_DOWN_URL ? false : 'MAAS_URL and MAAS_DOWN_URL are not set: go test -run TestRealClients ./api sets them'

// client is one of alice, who may use three of the four models.
function client(url, options = {}) {
  let requests = 0
  const made = new OpenAI({
    baseURL: `${url}/v1`,
    apiKey: 'alice',
    ...options,
    fetch: (...args) => {
      requests++
      return fetch(...args)
    },
  })
  return { models: made.models, requests: () => requests }
}

test('list', { skip }, async () => {
  const ids = []
  for await (const model of client(MAAS_URL).models.list()) {
    ids.push(model.id)
    assert.equal(model.object, 'model')
    assert.equal(typeof model.created, 'number')
    assert.equal(typeof model.ready, 'boolean')
  }
  assert.deepEqual(ids, ['b/granite', 'granite', 'zephyr-7b.q4'])
})

test('retrieve', { skip }, async () => {
  for (const [id, owner] of [['granite', 'a'], ['a/granite', 'a'], ['b/granite', 'b'], ['zephyr-7b.q4', 'a']]) {
    const model = await client(MAAS_URL).models.retrieve(id)
    assert.equal(model.owned_by, owner, id)
  }
})

test('the request id is there to be quoted', { skip }, async () => {
  assert.match((await client(MAAS_URL).models.retrieve('granite'))._request_id, /^[0-9a-f]{32}$/)
})

for (const [name, { url, call, options, error, status, code, type, requests }] of Object.entries({
  'no credentials': {
    url: MAAS_URL, call: (c) => c.models.list(), options: { defaultHeaders: { Authorization: null } },
    error: OpenAI.AuthenticationError, status: 401, code: 'missing_authorization', type: 'authentication_error', requests: 1,
  },
  'an unknown model': {
    url: MAAS_URL, call: (c) => c.models.retrieve('nope'),
    error: OpenAI.NotFoundError, status: 404, code: 'model_not_found', type: 'invalid_request_error', requests: 1,
  },
  'a model of others': {
    url: MAAS_URL, call: (c) => c.models.retrieve('secret'),
    error: OpenAI.NotFoundError, status: 404, code: 'model_not_found', type: 'invalid_request_error', requests: 1,
  },
  'backends down, tried again once': {
    url: MAAS_DOWN_URL, call: (c) => c.models.list(), options: { maxRetries: 1 },
    error: OpenAI.InternalServerError, status: 503, code: 'backends_unreachable', type: 'server_error', requests: 2,
  },
  'a loop, not tried again': {
    url: MAAS_URL, call: (c) => c.models.list(), options: { defaultHeaders: { 'X-Maas-Probe': '1' } },
    error: OpenAI.InternalServerError, status: 508, code: 'loop_detected', type: 'server_error', requests: 1,
  },
})) {
  test(name, { skip }, async () => {
    const c = client(url, options)
    await assert.rejects(() => call(c), (got) => {
      assert.ok(got instanceof error, got)
      assert.deepEqual({ status: got.status, code: got.code, type: got.type }, { status, code, type })
      return true
    })
    assert.equal(c.requests(), requests)
  })
}
