import { describe, expect, it } from 'vitest'
import { findClasses } from '../../src/stores/find-classes.ts'
import { recogniseWrappers } from '../../src/stores/recognise.ts'
import { wrappers } from '../../src/stores/wrappers.ts'

describe('the table of wrappers', () => {
  it('says of each row where it is from, and has each once', () => {
    expect(new Set(wrappers.map(({ id }) => id)).size).toBe(wrappers.length)
    for (const { id, sources } of wrappers)
      for (const source of sources) expect(new URL(source).protocol, id).toBe('https:')
  })

  it.each([
    ['play-automatic-protection', 'libpairipcore.so'],
    ['qihoo-jiagu', 'libjiagu_art.so'],
    ['tencent-legu', 'libshella-4.1.0.30.so'],
    ['bangcle', 'libDexHelper.so'],
    ['netease-yidun', 'libnesec.so'],
  ])('knows %s by %s, in any module and ABI', (id, library) => {
    for (const name of [`lib/arm64-v8a/${library}`, `base/lib/x86/${library}`])
      expect(recogniseWrappers([name])).toMatchObject([{ id, certainty: 'likely', segments: [name] }])
    expect(recogniseWrappers([`lib/arm64-v8a/x${library}`])).toEqual([])
  })
})

describe('findClasses', () => {
  const read = (kind: 'dex' | 'native', ...chunks: string[]) => {
    const { keep, classes } = findClasses()
    const writer = keep({ name: 'classes.dex', kind, length: 0 })
    for (const chunk of chunks) writer?.write(Buffer.from(chunk))
    writer?.end('')
    return Object.fromEntries(classes)
  }

  it('finds a class wherever chunks end', () => {
    const text = 'xxLcom/amazon/android/Kiwi;xx'
    for (let at = 0; at <= text.length; at++)
      expect(read('dex', text.slice(0, at), '', text.slice(at))).toEqual({
        'classes.dex': ['Lcom/amazon/android/Kiwi;'],
      })
  })

  it('looks into dex only, and for no part of a name', () => {
    expect(read('native', 'Lcom/pairip/')).toEqual({})
    expect(read('dex', 'Lcom/pairi', 'Lcom/amazon/android/Kiwis')).toEqual({})
  })
})
