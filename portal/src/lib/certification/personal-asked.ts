interface Asking {
  data?: Record<string, { personal?: Record<string, { purpose: string; optional?: boolean }> }>
}

/** The personal fields that a manifest asks for, each with its purpose: the platform takes none without. */
export function personalAsked(manifest: Record<string, unknown>) {
  const { data = {} } = manifest as Asking
  return Object.entries(data).flatMap(([dataset, { personal = {} }]) =>
    Object.entries(personal).map(([field, { purpose, optional = false }]) => ({
      key: `${dataset}.${field}`,
      purpose,
      isOptional: optional,
    })),
  )
}
