/**
 * Remembers the environment of this process. @returns a function that restores it in place: if `process.env` were replaced by another
 * object, native code such as `os.tmpdir()` would no longer see what later tests set.
 */
export function keptEnvironment(): () => void {
  const kept = { ...process.env };
  return () => {
    for (const name of Object.keys(process.env))
      if (!(name in kept)) Reflect.deleteProperty(process.env, name);
    Object.assign(process.env, kept);
  };
}
