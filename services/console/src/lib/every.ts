/** Does it now and again and again; what it returns ends that, as `onMount` wants it. */
export function every(milliseconds: number, action: () => void): () => void {
  action();
  const timer = setInterval(action, milliseconds);
  return () => clearInterval(timer);
}
