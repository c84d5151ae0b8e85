/** Keeps the progress of the sending current while mails are on the way. */
const sending = document.getElementById('sending')
const isSending = () => sending.querySelector('[data-is-sending]') !== null

while (isSending()) {
  await new Promise(resolve => setTimeout(resolve, 1000))
  const response = await fetch(sending.dataset.url).catch(() => null)
  if (response?.status === 401) break
  if (response?.ok) sending.innerHTML = await response.text()
}
