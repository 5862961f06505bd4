import { useId, useRef, useState } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { App, Build } from '@assay/protocol/schemas'
import { segment } from '../api/client.ts'
import { buildFileEnds, mediaTypeOf, upload } from '../api/upload.ts'
import { buildFields } from '../forms/build-fields.ts'
import type { Command } from '../api/command-line.ts'
import { bodyOf, optionsOf, type Values } from '../forms/fields.ts'
import { FormFields } from '../forms/form-fields.tsx'
import { CliLine } from '../ui/cli-line.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Problem } from '../ui/states.tsx'

const day = 86_400_000

type OfApp = Pick<App, 'id' | 'platform'>

/** Registers a released file as a build of an app. */
export function AddBuild({ app }: { app: OfApp }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button
        type="button"
        className="button button-primary"
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        Register a build
      </button>
      {open ? <AddBuildDialog app={app} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

function AddBuildDialog({ app, onClose }: { app: OfApp; onClose: () => void }) {
  const [file, setFile] = useState<File>()
  const [values, setValues] = useState<Values>({})
  const [sent, setSent] = useState(0)
  const stop = useRef<AbortController>(undefined)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const id = useId()
  const work = useMutation({
    mutationFn: (file: File) => {
      setSent(0)
      stop.current = new AbortController()
      const path = `v1/apps/${segment(app.id)}/builds?${queryOf(values, Date.now())}`
      const mediaType = mediaTypeOf(file.name, isFolder) ?? ''
      return upload<Build>({ path, file, mediaType, onProgress: setSent, signal: stop.current.signal })
    },
    onSuccess: async (build) => {
      onClose()
      await queries.invalidateQueries()
      await navigate({ to: '/apps/$app/builds/$build', params: { app: app.id, build: build.id } })
    },
  })
  // An update over the air is a folder on any platform.
  const isFolder = app.platform !== 'android' || String(values['base'] ?? '').trim() !== ''
  const isKnown = file === undefined || mediaTypeOf(file.name, isFolder) !== undefined
  const close = () => {
    stop.current?.abort()
    onClose()
  }
  return (
    <Dialog title={`Register a build of ${app.id}`} onClose={close} wide>
      <form
        className="stacked-form dialog-body"
        onSubmit={(event) => {
          event.preventDefault()
          if (file !== undefined) work.mutate(file)
        }}
      >
        <label htmlFor={id}>The released file</label>
        <input
          id={id}
          className="input"
          type="file"
          required
          accept={buildFileEnds.join(',')}
          aria-describedby={`${id}-hint`}
          onChange={({ target }) => setFile(target.files?.[0])}
        />
        <p id={`${id}-hint`} className="muted small">
          {fileOf[app.platform]}
        </p>
        <FormFields fields={buildFields} values={values} isChange={false} onChange={setValues} />
        <CliLine command={commandOf(app, { file, isFolder, values })} />
        {isKnown ? null : (
          <p className="bad-text">The name of the file ends in none of {buildFileEnds.join(', ')}.</p>
        )}
        {work.isPending && file !== undefined ? <Progress sent={sent} file={file} /> : null}
        {work.isError && !isStopped(work.error) ? <Problem error={work.error} /> : null}
        <footer className="dialog-foot">
          <button type="button" className="button" onClick={close}>
            {work.isPending ? 'Stop' : 'Cancel'}
          </button>
          <button
            type="submit"
            className="button button-primary"
            disabled={file === undefined || !isKnown || work.isPending}
          >
            Register
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

const isStopped = (error: unknown): boolean => error instanceof DOMException && error.name === 'AbortError'

const megabytes = new Intl.NumberFormat('en', { style: 'unit', unit: 'megabyte', maximumFractionDigits: 1 })
const inMegabytes = (bytes: number): string => megabytes.format(bytes / 1e6)

const webFile = 'A ZIP of the folder of the build.'
const fileOf: Readonly<Record<App['platform'], string>> = {
  android:
    'APK, AAB or APKS, as it goes to the store; the ZIP of APKs that the Play Console hands out; or a ZIP of an update over the air.',
  ios: 'IPA, as it goes to the store; or a ZIP of an update over the air.',
  web: webFile,
  node: webFile,
}

function Progress({ sent, file: { size } }: { sent: number; file: File }) {
  const words = sent < size ? `Sent ${inMegabytes(sent)} of ${inMegabytes(size)}` : 'The service reads it'
  return (
    <div className="upload">
      <progress max={Math.max(1, size)} value={sent < size ? sent : undefined} aria-label="Upload" />
      <p role="status" className="small">
        {words}
      </p>
    </div>
  )
}

function queryOf(values: Values, now: number): string {
  const {
    expires_at: expires,
    difference_until: first,
    ...rest
  } = bodyOf({ fields: buildFields, values, before: undefined })
  const after = (days: unknown) =>
    new Date(Math.floor((now + Number(days) * day) / 1000) * 1000).toISOString()
  return new URLSearchParams({
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    ...(expires === undefined ? {} : { expires_at: after(expires) }),
    ...(first === undefined ? {} : { difference_until: after(first) }),
  }).toString()
}

interface Filled {
  file: File | undefined
  isFolder: boolean
  values: Values
}

function commandOf(app: OfApp, { file, isFolder, values }: Filled): Command {
  const options = optionsOf({ fields: buildFields, values, before: undefined })
  // The CLI takes the folder itself that a ZIP is of.
  const name = file?.name ?? 'FILE'
  const inDays = options.flatMap((word, index) => {
    const before = options[index - 1]
    if (before === buildFields.expires_at.option || before === buildFields.difference_until.option)
      return [`${word}d`]
    return word.startsWith('--') ? word.split(' ') : [word]
  })
  return {
    name: 'build add',
    to: [isFolder ? name.replace(/\.zip$/i, '') : name],
    options: ['--app', app.id, ...inDays],
  }
}
