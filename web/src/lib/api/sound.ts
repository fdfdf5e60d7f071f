/** The bytes of a short sound; behind everything else that the page loads. Rejects when it cannot be had. */
export async function loadSound(url: string): Promise<ArrayBuffer> {
  const answer = await fetch(url, { priority: 'low' });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return answer.arrayBuffer();
}
