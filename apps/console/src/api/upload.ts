import { ApiProblem } from './client.ts'

/** Media types by the end of the file's name, as the CLI sends them. */
const mediaTypes: Readonly<Record<string, string>> = {
  apk: 'application/vnd.android.package-archive',
  aab: 'application/x-android-app-bundle',
  apks: 'application/x-android-apk-set',
  ipa: 'application/x-ios-app',
  zip: 'application/zip',
}

export const buildFileEnds = Object.keys(mediaTypes).map((end) => `.${end}`)

/** @param isFolder what a ZIP is of; otherwise it is the set of APKs that the Play Console hands out */
export function mediaTypeOf(name: string, isFolder: boolean): string | undefined {
  const end = name.toLowerCase().split('.').at(-1) ?? ''
  return mediaTypes[end === 'zip' && !isFolder ? 'apks' : end]
}

interface Upload {
  path: string
  file: File
  mediaType: string
  /** Bytes that were sent. */
  onProgress: (sent: number) => void
  signal: AbortSignal
}

/** Sends a file as it is. `fetch` does not say how far it has come. @throws ApiProblem */
export function upload<T>({ path, file, mediaType, onProgress, signal }: Upload): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', `/console/${path}`)
    request.responseType = 'json'
    request.setRequestHeader('accept', 'application/json')
    request.setRequestHeader('content-type', mediaType)
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded))
    request.addEventListener('load', () => {
      const value = request.response as unknown
      if (request.status < 400) resolve(value as T)
      else reject(new ApiProblem(request.status, value ?? {}))
    })
    for (const event of ['error', 'timeout'] as const)
      request.addEventListener(event, () => reject(new ApiProblem(0, {})))
    request.addEventListener('abort', () => reject(new DOMException('The upload was stopped', 'AbortError')))
    signal.addEventListener('abort', () => request.abort())
    request.send(file)
  })
}
