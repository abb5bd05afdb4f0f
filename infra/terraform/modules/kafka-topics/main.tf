# The topics of services/kit/topics.ts. A test compares: the code is where they are declared.
locals {
  settings = {
    orders   = { "retention.ms" = "-1" }
    payments = { "retention.ms" = "-1" }
    products = { "retention.ms" = "-1" }
    users    = { "cleanup.policy" = "compact", "min.compaction.lag.ms" = "3600000" }

    # Seven days.
    notifications     = { "retention.ms" = "604800000" }
    analytics-results = { "retention.ms" = "604800000" }
  }

  # Thirty days.
  dead_letters = { "retention.ms" = "2592000000" }
}
