import type { Build } from '@assay/protocol/schemas'
import { changes } from '../api/changes.ts'
import { ConfirmedAction } from '../ui/action.tsx'
import { StateBadge } from '../ui/badge.tsx'
import { Section } from '../ui/page.tsx'
import { Empty } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'

/** What stores made of a build, and whether the image that was registered first is still served. */
export function Variants({ build, mayChange }: { build: Build; mayChange: boolean }) {
  const { variants, first_ended_at: ended } = build
  return (
    <Section title="Variants">
      {variants.length === 0 ? (
        <Empty title="No variants">
          If a store changes the file, register what it made of it:{' '}
          <code>assay build add FILE --variant NAME</code>
        </Empty>
      ) : (
        <ul className="rows">
          <li>
            <StateBadge state={ended === null ? 'active' : 'ended'} />
            <span className="grow">
              As registered first{' '}
              <span className="muted small">
                {ended === null ? null : (
                  <>
                    ended <Time at={ended} />
                  </>
                )}
              </span>
            </span>
            {mayChange && ended === null ? <End build={build} variant="first" /> : null}
          </li>
          {variants.map(({ name, state, splits, image_digest: digest, created_at: at, warnings }) => (
            <li key={name}>
              <StateBadge state={state} />
              <span className="grow">
                <span className="mono">{name}</span>{' '}
                <span className="muted small">
                  {splits === null ? '' : `${splits.abis.join(', ')}; `}digest{' '}
                  <span className="mono">{digest.slice(0, 16)}…</span>, registered <Time at={at} />
                  {warnings.length === 0 ? '' : `; ${warnings.join(', ')}`}
                </span>
              </span>
              {mayChange && state === 'pending' ? <Activate build={build} variant={name} /> : null}
              {mayChange ? <End build={build} variant={name} /> : null}
            </li>
          ))}
        </ul>
      )}
    </Section>
  )
}

interface OneVariant {
  build: Build
  variant: string
}

const named = ({ build: { app, id: build }, variant }: OneVariant) => ({ app, build, variant })

function Activate(one: OneVariant) {
  return (
    <ConfirmedAction
      label="Activate"
      title={`Activate variant ${one.variant} of build ${one.build.id} of ${one.build.app}?`}
      small
      change={changes.activateVariant(named(one))}
    >
      You vouch for it: installations with this image may get tokens.
    </ConfirmedAction>
  )
}

function End(one: OneVariant) {
  return (
    <ConfirmedAction
      label="End"
      title={`End ${one.variant === 'first' ? 'the image that was registered first' : `variant ${one.variant}`} of build ${one.build.id} of ${one.build.app}?`}
      danger
      small
      change={changes.endVariant(named(one))}
    >
      Installations with this image get no more tokens; those of the other images of the build do.
    </ConfirmedAction>
  )
}
