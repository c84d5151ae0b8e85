/** The pieces of ari-client's HTTP layer that Ari has to mend; it comes without types. */
declare module 'swagger-client' {
  const swagger: {
    SwaggerApi: {
      prototype: {
        url: string
        fail(message: string): void
        failure(message: string): void
        buildFrom1_1Spec(spec: object): unknown
      }
    }
    SwaggerResource: { prototype: { url: string; addApiDeclaration(spec: object): unknown } }
  }
  export default swagger
}
