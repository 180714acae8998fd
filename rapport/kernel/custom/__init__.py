"""Fields that administrators add: definitions are data, values stand in the column `custom` of each record."""
