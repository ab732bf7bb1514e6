/** A file of the site by its address below the site's; Error that says which is missing. */
export async function fetched(address: string): Promise<Response> {
  const response = await fetch(new URL(address, location.href)).catch((error: Error) => {
    throw new Error(`${address}: ${error.message}`);
  });
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return response;
}
