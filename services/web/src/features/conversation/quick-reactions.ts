// The reactions that are offered without opening the picker.
export const REACTIONS = ["👍", "❤️", "😂", "🎉", "😮", "🙏"] as const;
