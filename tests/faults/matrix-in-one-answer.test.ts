import { ALL_DOCUMENTS } from "./support/dataset";
import { IN_ONE_ANSWER } from "./support/exports";
import { testMatrix } from "./support/matrix";

testMatrix([IN_ONE_ANSWER], { lanes: 8, pageDocuments: ALL_DOCUMENTS });
