export async function load(assay, url) {
  const response = await assay.fetch(url)
  return `${response.status} ${await response.text()}`
}
