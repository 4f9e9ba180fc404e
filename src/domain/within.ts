/** What work answers, or `late` when it has not ended within so many milliseconds. Rejects as the work does. */
export async function within<T>(ms: number, work: Promise<T>, late: T): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<T>((resolve) => {
    timer = setTimeout(() => resolve(late), ms);
  });
  return Promise.race([work, end]).finally(() => clearTimeout(timer));
}
