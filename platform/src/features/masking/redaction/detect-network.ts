import { isIP } from 'node:net'
import { type Detector, type Found } from './found.ts'

const ipv4 = /(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d]|\.\d)/g
const ipv6 = /(?<![0-9a-f:])(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![0-9a-f:])/g
const versionBefore = /(?:\bv|version|release|firmware|build|rev)\.?[ :]{0,2}$/

function addresses(folded: string): Found[] {
  const found: Found[] = []
  for (const match of folded.matchAll(ipv4)) {
    const before = folded.slice(Math.max(0, match.index - 12), match.index)
    if (isIP(match[0]) !== 4 || versionBefore.test(before)) continue
    found.push({ kind: 'ip', start: match.index, end: match.index + match[0].length })
  }
  if (!folded.includes(':')) return found
  for (const match of folded.matchAll(ipv6)) {
    if (match[0].length < 6 || isIP(match[0]) !== 6) continue
    found.push({ kind: 'ip', start: match.index, end: match.index + match[0].length })
  }
  return found
}

const link = /(?:[a-z][a-z0-9+.-]{1,20}:\/\/|(?<![a-z0-9@.])www\.)[^\s<>"'`\uE000]{1,2000}/g
const profileHosts =
  /(?:^|\.)(?:linkedin|facebook|fb|instagram|twitter|x|tiktok|github|youtube|t|wa|paypal|venmo|snapchat|pinterest|threads|xing|vk|telegram)\.(?:com|me|co|net)$/

/** Where the personal parts of a link stand: who signed in, profile or long path parts, everything after ? or #. */
function personalParts(url: string): Array<[number, number]> {
  const parts: Array<[number, number]> = []
  const hostStart = url.includes('://') ? url.indexOf('://') + 3 : 0
  const pathStart = /[/?#]/.exec(url.slice(hostStart))
  const hostEnd = pathStart ? hostStart + pathStart.index : url.length
  const signIn = url.slice(hostStart, hostEnd).lastIndexOf('@')
  if (signIn > 0) parts.push([hostStart, hostStart + signIn])
  const host = url.slice(hostStart + signIn + 1, hostEnd).replace(/:\d+$/, '')
  const query = /[?#]/.exec(url)
  const pathEnd = query?.index ?? url.length
  const path = url.slice(hostEnd, pathEnd)
  const isPersonal =
    profileHosts.test(host) ||
    /~|\/(?:u|user|users|profile|profiles|people|customer|customers|account|accounts|member|in)\//.test(path)
  if (path.length > 1 && (isPersonal || /[^/]{24,}|\d{6,}/.test(path))) parts.push([hostEnd + 1, pathEnd])
  if (query && url.length > query.index + 1) parts.push([query.index + 1, url.length])
  return parts
}

function links(folded: string): Found[] {
  if (!folded.includes('://') && !folded.includes('www.')) return []
  return [...folded.matchAll(link)].flatMap((match) => {
    const url = match[0].replace(/[.,;:!)\]}]+$/, '')
    return personalParts(url).map(([start, end]): Found => {
      return { kind: 'url', start: match.index + start, end: match.index + end }
    })
  })
}

/** IP addresses, and the parts of links that can name a person; hosts and plain paths stay. */
export const detectNetwork: Detector = ({ folded }) => [...addresses(folded), ...links(folded)]
