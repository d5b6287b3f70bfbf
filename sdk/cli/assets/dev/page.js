// The page of `bizq dev`: reads /state whenever /events says that something changed. Every value is
// written as text, since much of it is a provider's.
const byId = (id) => document.getElementById(id)

function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value)
    else if (value !== false && value !== null) made.setAttribute(key, value === true ? '' : value)
  }
  made.append(...children.filter((child) => child !== null && child !== undefined))
  return made
}

async function send(path, body = {}) {
  const response = await fetch(path, { method: 'POST', body: JSON.stringify(body) })
  return response.json()
}

const isMoney = (value) =>
  typeof value === 'object' && value !== null && 'amount' in value && 'currency' in value

function plain(value) {
  if (value === null || value === undefined) return '–'
  if (isMoney(value)) return `${value.amount} ${value.currency}`
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

const count = (n, noun) => `${n} ${noun}${n === 1 ? '' : 's'}`

function effectOf(effect) {
  const lines = effect.changes.map(({ field, before, after }) =>
    element('p', { class: 'quiet' }, `${field}: ${before} → ${after}`),
  )
  const mail =
    effect.mail &&
    element(
      'pre',
      { class: 'quiet' },
      `To: ${effect.mail.to}\nSubject: ${effect.mail.subject}\n\n${effect.mail.text}`,
    )
  return element('div', {}, element('p', {}, effect.what), ...lines, mail)
}

function becauseOf(card) {
  if (card.because.length === 0) return null
  const rows = card.because.map(({ label, seen }) =>
    element('li', {}, label, element('span', { class: 'quiet' }, ` as seen: ${JSON.stringify(seen)}`)),
  )
  return element(
    'details',
    {},
    element('summary', {}, `because of ${count(rows.length, 'row')}`),
    element('ul', {}, ...rows),
  )
}

function cardOf(card) {
  const facts = [
    card.type,
    `${card.risk} risk`,
    `confidence ${card.confidence}`,
    card.stake && `${card.stake} at stake`,
    card.impact && `worth ${card.impact}, it says`,
  ].filter(Boolean)
  const isApproved = card.status === 'approved'
  const act = async (path) => {
    const answer = await send(path, { card: card.id })
    if (!answer.ok) problem.textContent = answer.detail
  }
  const problem = element('span', { class: 'bad', role: 'alert' })
  const button = isApproved
    ? element(
        'button',
        { type: 'button', disabled: card.undo !== 'possible', onclick: () => act('/undo') },
        'Undo',
      )
    : element(
        'button',
        { type: 'button', disabled: card.blocked !== null, onclick: () => act('/approve') },
        'Approve',
      )
  return element(
    'li',
    {},
    element('p', { class: 'sentence' }, card.sentence),
    element('p', { class: 'quiet' }, facts.join(' · ')),
    card.blocked && element('p', { class: 'warn' }, `It could not be carried out: ${card.blocked}`),
    becauseOf(card),
    element('div', { class: 'row' }, button, element('span', { class: 'quiet' }, card.status), problem),
    ...(card.effects.length > 0
      ? [element('p', { class: 'good' }, 'What it did'), ...card.effects.map(effectOf)]
      : []),
    card.carryOver && isApproved && element('p', { class: 'quiet' }, card.carryOver),
    isApproved && card.undo !== 'possible' ? element('p', { class: 'quiet' }, card.undo) : null,
  )
}

function tableOf(name, { count, rows }, isRealShown) {
  const fields = Object.keys(rows[0]?.seen ?? {})
  const cell = (row, field) =>
    element(
      'td',
      {},
      plain(row.seen[field]),
      isRealShown ? element('span', { class: 'quiet' }, plain(row.real[field])) : null,
    )
  const body = rows.map((row) => element('tr', {}, ...fields.map((field) => cell(row, field))))
  const heading = element('tr', {}, ...fields.map((field) => element('th', { scope: 'col' }, field)))
  return element(
    'details',
    { open: true },
    element(
      'summary',
      {},
      `${name}: ${count} rows${count > rows.length ? `, the latest ${rows.length}` : ''}`,
    ),
    element(
      'div',
      { class: 'scroll', tabindex: '0' },
      element('table', {}, element('thead', {}, heading), element('tbody', {}, ...body)),
    ),
  )
}

function figuresOf(state) {
  const { run } = state
  if (!run) return []
  const figures = {
    outcome: run.outcome,
    'wall clock': `${run.wallMs} ms`,
    CPU: run.cpuMs === null ? 'not measured' : `${run.cpuMs} ms`,
    'peak memory': run.peakRssMib === null ? 'not measured' : `${Math.round(run.peakRssMib)} MiB`,
    input: `${run.inputBytes} bytes`,
    output: `${run.outputBytes} bytes`,
    bundle: `${state.bundleBytes} bytes`,
    build: `${state.buildMs} ms`,
    'state kept': plain(run.state),
    ...Object.fromEntries(
      Object.entries(run.metrics).map(([name, value]) => [`metric ${name}`, plain(value)]),
    ),
  }
  return Object.entries(figures).map(([name, value]) =>
    element('tr', {}, element('th', { scope: 'row' }, name), element('td', {}, value)),
  )
}

function outcomeOf({ run, cards, problem, isBusy }) {
  if (isBusy) return ['working …', '']
  if (problem !== null) return ['does not build', 'bad']
  if (!run) return ['has not run', '']
  const words = `${run.outcome}, ${count(cards.length, 'proposal')}, ${run.wallMs} ms`
  return [words, run.outcome === 'succeeded' ? 'good' : 'bad']
}

let shown
let isEdited = false

function draw() {
  const state = shown
  byId('title').textContent = state.service ? `${state.service} ${state.version}` : 'bizq dev'
  document.title = byId('title').textContent
  byId('business').textContent = `${state.business.name}, ${state.business.today}, ${state.business.timeZone}`
  const [words, style] = outcomeOf(state)
  byId('outcome').textContent = words
  byId('outcome').className = style
  const problems = (state.run?.problems ?? []).map(({ pointer, detail }) => `${pointer}: ${detail}`)
  const places = (state.run?.stack ?? []).map(({ line, column }) => `  at bundle.js:${line}:${column}`)
  const said = state.problem ?? [state.run?.detail, ...problems, ...places].filter(Boolean).join('\n')
  byId('problem').textContent = said
  byId('problem').hidden = said === ''
  byId('cards').replaceChildren(...state.cards.map(cardOf))
  if (state.cards.length === 0)
    byId('cards').append(element('li', { class: 'quiet' }, 'Nothing was proposed.'))
  byId('advice').replaceChildren(
    ...(state.run?.recommendations ?? []).map(({ text }) => element('li', {}, text)),
  )
  const isRealShown = byId('real').checked
  byId('input').replaceChildren(
    ...Object.entries(state.input).map(([name, data]) => tableOf(name, data, isRealShown)),
  )
  byId('log').textContent = state.run?.log || 'Nothing was logged.'
  byId('figures').replaceChildren(...figuresOf(state))
  byId('manifest').textContent = JSON.stringify(state.manifest, null, 2)
  if (!isEdited) byId('settings').value = JSON.stringify(state.settings, null, 2)
}

async function refresh() {
  shown = await (await fetch('/state')).json()
  draw()
}

const tabs = [...document.querySelectorAll('[role=tab]')]
function choose(tab) {
  for (const each of tabs) {
    const isChosen = each === tab
    each.setAttribute('aria-selected', String(isChosen))
    each.tabIndex = isChosen ? 0 : -1
    byId(each.getAttribute('aria-controls')).hidden = !isChosen
  }
}
tabs.forEach((tab, i) => {
  tab.addEventListener('click', () => choose(tab))
  tab.addEventListener('keydown', ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key]
    if (!step) return
    const next = tabs.at((i + step) % tabs.length)
    choose(next)
    next.focus()
  })
})
choose(tabs[0])

byId('real').addEventListener('change', draw)
byId('run').addEventListener('click', () => void send('/run'))
byId('reset').addEventListener('click', () => void send('/reset'))
byId('settings').addEventListener('input', () => (isEdited = true))
async function runWithSettings() {
  const problem = byId('settings-problem')
  try {
    const answer = await send('/settings', { settings: JSON.parse(byId('settings').value) })
    problem.textContent = answer.ok ? '' : answer.detail
    isEdited = !answer.ok
  } catch (error) {
    problem.textContent = `This is not JSON: ${error.message}`
  }
}
byId('settings-form').addEventListener('submit', (event) => {
  event.preventDefault()
  void runWithSettings()
})

new EventSource('/events').addEventListener('message', () => void refresh())
