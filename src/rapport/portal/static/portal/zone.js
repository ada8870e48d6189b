// The visitor's own zone, when the browser tells it and nobody chose one.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
const choice = document.getElementById("zone")
if (zone && choice && choice.value !== zone && [...choice.options].some((one) => one.value === zone)) {
  const address = new URL(location.href)
  address.searchParams.set("zone", zone)
  location.replace(address)
}
