import { intro, isCancel, select, text } from '@clack/prompts'
import type { Creation } from './create.ts'
import { problemWithName, serviceNameOf, type Template } from './options.ts'

class GivenUp extends Error {}

async function answerTo<T>(asked: Promise<T>): Promise<Exclude<T, symbol>> {
  const answer = await asked
  if (isCancel(answer)) throw new GivenUp()
  return answer as Exclude<T, symbol>
}

async function askAll(given: Partial<Creation>): Promise<Creation> {
  const folder =
    given.folder ?? (await answerTo(text({ message: 'In which folder?', initialValue: 'my-provider' })))
  const name = {
    message: 'What is the service called in the catalogue?',
    initialValue: serviceNameOf(folder),
    validate: (typed: string | undefined) => problemWithName(typed ?? ''),
  }
  const service = given.service ?? (await answerTo(text(name)))
  const place = {
    message: 'Where does it run?',
    options: [
      { value: 'sandboxed' as Template, label: 'On the platform', hint: 'sandboxed; nothing to operate' },
      { value: 'remote' as Template, label: 'On a server of yours', hint: 'remote; signed HTTPS requests' },
    ],
  }
  return { folder, service, template: given.template ?? (await answerTo(select<Template>(place))) }
}

/** Asks what was not said: three questions at most. Undefined when the person gave up. */
export async function ask(given: Partial<Creation>): Promise<Creation | undefined> {
  intro('A new BizQ provider')
  try {
    return await askAll(given)
  } catch (error) {
    if (error instanceof GivenUp) return undefined
    throw error
  }
}
