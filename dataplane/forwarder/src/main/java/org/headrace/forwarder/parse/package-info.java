/** First stage of the pipeline: what is this frame, and can it be trusted? */
package org.headrace.forwarder.parse;
