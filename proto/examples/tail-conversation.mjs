// One conversation, live and without promise: NATS_URL=nats://… node tail-conversation.mjs CONVERSATION_ID
import { connect } from '@nats-io/transport-node';
const nats = await connect({ servers: process.env.NATS_URL, maxReconnectAttempts: -1 });
for await (const message of nats.subscribe(`confab.live.${process.argv[2]}`)) console.log(message.string());
