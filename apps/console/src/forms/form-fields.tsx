import { useId } from 'react'
import { Prose } from '../ui/page.tsx'
import { emptyOf, type Field, type Fields, type Value, type Values } from './fields.ts'

interface FormFields {
  fields: Fields
  values: Values
  onChange: (values: Values) => void
  /** Of a change: what can no longer be set is left out. */
  isChange: boolean
}

/** The inputs of a form: what most registrations say, and the others folded up, unless something is changed. */
export function FormFields({ fields, values, onChange, isChange }: FormFields) {
  const all = Object.entries(fields)
    .filter(([, { isFixed }]) => !isChange || isFixed !== true)
    .map(([member, field]) => ({
      isMain: field.isMain === true || field.isRequired === true,
      input: (
        <FormField
          key={member}
          field={field}
          value={values[member] ?? emptyOf(field)}
          onChange={(value) => onChange({ ...values, [member]: value })}
        />
      ),
    }))
  return (
    <>
      {all.filter(({ isMain }) => isMain).map(({ input }) => input)}
      <details
        className="form-more"
        open={isChange}
        // A browser cannot point at a field that is folded up.
        onInvalidCapture={({ currentTarget }) => (currentTarget.open = true)}
      >
        <summary>More settings</summary>
        <div className="stacked-form">{all.filter(({ isMain }) => !isMain).map(({ input }) => input)}</div>
      </details>
    </>
  )
}

function FormField({
  field,
  value,
  onChange,
}: {
  field: Field
  value: Value
  onChange: (value: Value) => void
}) {
  const id = useId()
  const { label, hint } = field
  if (field.kind === 'choices')
    return (
      <fieldset className="form-choices">
        <legend>{label}</legend>
        {hint === undefined ? null : (
          <p className="muted small">
            <Prose>{hint}</Prose>
          </p>
        )}
        {field.choices.map((one) => (
          <label key={one} className="check">
            <input
              type="checkbox"
              checked={value.includes(one)}
              onChange={({ target: { checked } }) =>
                onChange(checked ? [...value, one] : [...value].filter((each) => each !== one))
              }
            />
            {one}
          </label>
        ))}
      </fieldset>
    )
  if (field.kind === 'flag')
    return (
      <label className="check">
        <input
          type="checkbox"
          checked={value === 'true'}
          onChange={({ target: { checked } }) => onChange(checked ? 'true' : '')}
        />
        {label}
      </label>
    )
  const shared = {
    id,
    value: String(value),
    required: field.isRequired,
    'aria-describedby': hint === undefined ? undefined : `${id}-hint`,
    onChange: ({ target }: { target: { value: string } }) => onChange(target.value),
  }
  return (
    <>
      <label htmlFor={id}>{label}</label>
      <Input field={field} shared={shared} />
      {hint === undefined ? null : (
        <p id={`${id}-hint`} className="muted small">
          <Prose>{hint}</Prose>
        </p>
      )}
    </>
  )
}

type OneText = Exclude<Field, { kind: 'choices' | 'flag' }>

function Input({ field, shared }: { field: OneText; shared: React.ComponentProps<'input'> & object }) {
  switch (field.kind) {
    case 'choice':
      return (
        <select {...(shared as React.ComponentProps<'select'>)} className="input">
          {field.choices.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
        </select>
      )
    case 'number':
      return <input {...shared} className="input" type="number" min={field.least} max={field.most} />
    case 'list':
    case 'json':
      return (
        <textarea
          {...(shared as React.ComponentProps<'textarea'>)}
          className="input mono"
          rows={field.kind === 'json' ? 8 : 3}
          spellCheck={false}
          placeholder={field.kind === 'list' ? field.placeholder : undefined}
        />
      )
    case 'text':
      return (
        <input
          {...shared}
          className="input"
          spellCheck={false}
          autoComplete="off"
          placeholder={field.placeholder}
        />
      )
  }
}
