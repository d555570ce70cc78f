/** An object with some members replaced. The others keep their own `this`. */
export function overriding<T extends object>(of: T, own: Partial<T>): T {
  return new Proxy(of, {
    get(target, name) {
      const member: unknown = Reflect.get(own, name) ?? Reflect.get(target, name, target);
      return typeof member === 'function' && !Reflect.has(own, name)
        ? (member.bind(target) as unknown)
        : member;
    },
  });
}
