import sharp from 'sharp'
import { ProblemError } from '../../problems.ts'

// One decoder at a time, of these three formats: what is decoded comes from strangers.
sharp.concurrency(1)
sharp.cache(false)
sharp.block({ operation: ['VipsForeignLoad'] })
sharp.unblock({
  operation: ['VipsForeignLoadJpegBuffer', 'VipsForeignLoadPngBuffer', 'VipsForeignLoadWebpBuffer'],
})

const mostPixels = 16_000_000
const fewestSide = 320
const mostSide = 1_600
const mostSeconds = 10

export interface Screenshot {
  content: Buffer
  width: number
  height: number
}

function refuse(detail: string): never {
  throw new ProblemError('invalid-request', {
    detail: 'The image cannot be taken.',
    errors: [{ pointer: '/image', detail }],
  })
}

/** Decodes a PNG, JPEG or WebP and writes it anew as WebP, at most 1,600 pixels a side: nothing but the picture is left of it. */
export async function toScreenshot(given: Buffer): Promise<Screenshot> {
  const image = sharp(given, { limitInputPixels: mostPixels, failOn: 'error' })
  const seen = await image
    .metadata()
    .catch(() => refuse('is no PNG, JPEG or WebP that can be read: export it anew'))
  if (seen.width < fewestSide || seen.height < fewestSide / 2)
    refuse(`is ${seen.width} × ${seen.height} pixels: give at least ${fewestSide} × ${fewestSide / 2}`)
  const { data, info } = await image
    .rotate()
    .resize({ width: mostSide, height: mostSide, fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 84 })
    .timeout({ seconds: mostSeconds })
    .toBuffer({ resolveWithObject: true })
    .catch(() => refuse('breaks off or cannot be decoded: export it anew'))
  return { content: data, width: info.width, height: info.height }
}
