/** The one piece of ari-client's HTTP layer that Ari has to mend; it comes without types. */
declare module 'swagger-client' {
  const swagger: {
    SwaggerApi: { prototype: { fail(message: string): void; failure(message: string): void } }
  }
  export default swagger
}
