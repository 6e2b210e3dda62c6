/** Active health checks: who is asked, how often, and what follows from the answers. */
package org.headrace.agent.health;
