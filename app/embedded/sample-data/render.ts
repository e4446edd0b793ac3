/** Answers what to put in place of `{name}`, or undefined when there is nothing of that name. */
export type Slots = (name: string) => string | undefined;

/**
 * Replaces `{name}` by its slot and `{^name}` by the same with a capital. A slot may hold further
 * placeholders.
 *
 * @throws Error when a placeholder has no slot.
 */
export function render(template: string, slots: Slots): string {
  return template.replace(/\{(\^?)([^{}]+)\}/g, (placeholder, capital: string, name: string) => {
    const slot = slots(name);
    if (slot === undefined) throw new Error(`Nothing to put in place of ${placeholder}`);
    const text = render(slot, slots);
    return capital === "" ? text : text.charAt(0).toUpperCase() + text.slice(1);
  });
}
