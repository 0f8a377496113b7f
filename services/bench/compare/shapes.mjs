// What is done to each contestant: so many rooms with so many listeners each, and so many messages a second in all of them together.

export const SHAPES = [
  { name: '100 rooms × 10 at 2,000/s', rooms: 100, listeners: 10, rate: 2_000, goal: 1.5 },
  { name: '1,000 rooms × 2 at 3,000/s', rooms: 1_000, listeners: 2, rate: 3_000, goal: 1.5 },
  { name: '1 room × 1,000 at 20/s', rooms: 1, listeners: 1_000, rate: 20, goal: 1.75 },
];
