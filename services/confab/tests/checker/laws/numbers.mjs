// L2: `position`, each conversation's `seq` and its `messageNo` have no gap, and time does not go back.

export function numbers({ log, find }) {
  let time = -Infinity;
  log.rows.forEach((row, index) => {
    if (row.position !== index + 1) find('numbers', `position ${row.position} stands where ${index + 1} is due`, where(row));
    if (row.time < time) find('numbers', `the time goes back at position ${row.position}`, where(row));
    time = row.time;
  });
  for (const conversation of log.conversations.values()) {
    let messages = 0;
    conversation.rows.forEach((row, index) => {
      if (row === null) return;
      if (row.type === 'message.posted') messages += 1;
      if (row.seq !== index) find('numbers', `seq ${row.seq} stands where ${index} is due`, where(row));
      if (row.messageNo !== messages) find('numbers', `messageNo ${row.messageNo} stands where ${messages} is due`, where(row));
    });
  }
}

export const where = (row) => `position ${row.position} (seq ${row.seq} of ${row.conversationId})`;
