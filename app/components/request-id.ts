import { createContext, useContext } from "react";

/** The id of the request for this document, while the server renders it. */
export const RequestIdContext = createContext<string | undefined>(undefined);

/** Name of the `<meta>` in which the document keeps it. */
export const REQUEST_ID_META = "request-id";

/** The id of the request that was answered with this document; the log has it with the cause of errors. */
export function useDocumentRequestId(): string | undefined {
  const onServer = useContext(RequestIdContext);
  if (typeof document === "undefined") return onServer;
  return document.querySelector<HTMLMetaElement>(`meta[name="${REQUEST_ID_META}"]`)?.content;
}
