/// Tells the event loop what to watch a descriptor for. With neither it is to be forgotten: it may be closed right after.
typealias DescriptorWatch = (_ descriptor: Int32, _ wantsRead: Bool, _ wantsWrite: Bool) -> Void
